import{a}from"./chunk-SWBFI7BX.js";import"./chunk-NYZOB6UP.js";import"./chunk-VYWKT6ME.js";import"./chunk-U6VWSOIG.js";import"./chunk-GINGPXMU.js";export{a as follow};
