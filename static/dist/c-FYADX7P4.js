import{a}from"./c-3CFFBCRI.js";import"./c-7VSBV3KB.js";import"./c-H5FVCWXR.js";import"./c-6FCUEYMS.js";export{a as follow};
