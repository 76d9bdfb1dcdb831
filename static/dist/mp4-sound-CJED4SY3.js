import{a,b}from"./chunk-KDEN66EN.js";import"./chunk-GINGPXMU.js";export{b as readAdts,a as soundOf};
