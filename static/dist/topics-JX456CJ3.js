import{a}from"./chunk-F2R22PAF.js";import"./chunk-4ZSE5E73.js";import"./chunk-7XRHE2GN.js";import"./chunk-U6VWSOIG.js";import"./chunk-GINGPXMU.js";export{a as follow};
