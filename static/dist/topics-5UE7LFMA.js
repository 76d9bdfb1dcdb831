import{a}from"./chunk-N2H7Q7A5.js";import"./chunk-QLKHNXPF.js";import"./chunk-3QTYOGYZ.js";import"./chunk-7QY3GPFZ.js";import"./chunk-BLFDYVY7.js";import"./chunk-GINGPXMU.js";export{a as follow};
