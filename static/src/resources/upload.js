// The code that sends files is fetched where files are sent.
import { behavior } from "../registry.js";

behavior("[data-drop-zone]", async (zone) => (await import("./arrivals.js")).bindZone(zone));
