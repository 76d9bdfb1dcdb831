var n=!1;function t(r){window.addEventListener("beforeunload",e=>{n||!r()||(e.preventDefault(),e.returnValue="1")})}function a(){n=!0}export{t as a,a as b};
