import{a}from"./chunk-3VAOPD2X.js";import"./chunk-WWMLEBUL.js";import"./chunk-3QTYOGYZ.js";import"./chunk-7QY3GPFZ.js";import"./chunk-4SFYLO5M.js";import"./chunk-GINGPXMU.js";export{a as follow};
