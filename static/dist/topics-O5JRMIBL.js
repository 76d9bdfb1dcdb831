import{a}from"./chunk-NDUHZK4J.js";import"./chunk-55FXOYMX.js";import"./chunk-7QY3GPFZ.js";import"./chunk-3QTYOGYZ.js";import"./chunk-LCTSV3XI.js";import"./chunk-GINGPXMU.js";export{a as follow};
