import{a}from"./c-KA3JJ3KT.js";import"./c-7KWJUQJV.js";import"./c-EIU5YATI.js";export{a as follow};
