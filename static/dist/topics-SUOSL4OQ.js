import{a}from"./chunk-XH5A4JH4.js";import"./chunk-FFCIV74G.js";import"./chunk-VYWKT6ME.js";import"./chunk-U6VWSOIG.js";import"./chunk-GINGPXMU.js";export{a as follow};
