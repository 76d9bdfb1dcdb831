import{a,b}from"./chunk-KDEN66EN.js";import"./chunk-XG6VQJ6R.js";export{b as readAdts,a as soundOf};
