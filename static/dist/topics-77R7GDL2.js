import{a}from"./chunk-ALN7UF5C.js";import"./chunk-OSQ2HUZ6.js";import"./chunk-AHT4UOY5.js";import"./chunk-VVCCH6FW.js";export{a as follow};
