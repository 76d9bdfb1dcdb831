function r(n){window.addEventListener("beforeunload",e=>{n()&&(e.preventDefault(),e.returnValue="1")})}export{r as a};
