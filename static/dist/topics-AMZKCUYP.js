import{a}from"./chunk-NKMMKDWV.js";import"./chunk-F4ZZOJBL.js";import"./chunk-7QY3GPFZ.js";import"./chunk-3QTYOGYZ.js";import"./chunk-BLFDYVY7.js";import"./chunk-GINGPXMU.js";export{a as follow};
