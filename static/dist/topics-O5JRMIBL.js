import{a}from"./chunk-RDHQ7SHA.js";import"./chunk-55FXOYMX.js";import"./chunk-3QTYOGYZ.js";import"./chunk-7QY3GPFZ.js";import"./chunk-LCTSV3XI.js";import"./chunk-GINGPXMU.js";export{a as follow};
