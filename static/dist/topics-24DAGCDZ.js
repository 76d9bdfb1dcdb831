import{a}from"./chunk-BH3YCSXM.js";import"./chunk-33HZU6YR.js";import"./chunk-3QTYOGYZ.js";import"./chunk-LCTSV3XI.js";import"./chunk-GINGPXMU.js";export{a as follow};
