import{a}from"./c-35GKCHSU.js";import"./c-UCSAXUG5.js";import"./c-EIU5YATI.js";export{a as follow};
