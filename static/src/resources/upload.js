// The code that sends files is fetched where files are sent.
import { behavior } from "../registry.js";

behavior("[data-drop-zone]", async (zone) => {
  const { Arrivals, LIBRARY } = await import("./arrivals.js");
  new Arrivals(zone, LIBRARY);
});
