import{a as t}from"./chunk-DDUWTY2X.js";var r=4e3;t("live-list[data-under-way]",e=>{setInterval(()=>{document.visibilityState==="visible"&&e.querySelector(e.dataset.underWay)&&e.refresh()},r)});
