import{a}from"./c-AZ3GTWD4.js";import"./c-OQLB4CZK.js";import"./c-H5FVCWXR.js";import"./c-6FCUEYMS.js";export{a as follow};
