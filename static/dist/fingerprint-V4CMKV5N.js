import{a}from"./chunk-Z3IUI5QH.js";import"./chunk-XG6VQJ6R.js";export{a as fingerprint};
