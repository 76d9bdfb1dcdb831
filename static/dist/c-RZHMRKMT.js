import{a}from"./c-UG6R2ZZW.js";import"./c-PSLK4UGM.js";import"./c-EIU5YATI.js";export{a as follow};
