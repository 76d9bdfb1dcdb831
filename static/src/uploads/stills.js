// One small picture of a film every so often, drawn by the browser from the file on this device.
const LONG_SIDE = 320;
const QUALITY = 0.6;
const SEEK_MS = 8000;
const MOST = 240;
const LEAST_MS = 2000;

/** {everyMs, stills}: where the browser cannot show the pictures, one that says so. `stopped()` ends it early. */
export async function stillsOf(file, durationMs, progress, stopped) {
  const everyMs = Math.max(LEAST_MS, Math.ceil(durationMs / MOST / 1000) * 1000);
  const video = document.createElement("video");
  Object.assign(video, { muted: true, playsInline: true, preload: "auto", src: URL.createObjectURL(file) });
  try {
    await happened(video, "loadeddata", SEEK_MS);
    if (!video.videoWidth) throw new Error("no picture");
    return { everyMs, stills: await drawAll(video, everyMs, durationMs, progress, stopped) };
  } catch (error) {
    if (stopped()) throw error;
    return { everyMs: Math.min(600000, Math.max(LEAST_MS, durationMs)), stills: [await instead()] };
  } finally {
    URL.revokeObjectURL(video.src);
    video.removeAttribute("src");
    video.load();
  }
}

async function drawAll(video, everyMs, durationMs, progress, stopped) {
  const canvas = document.createElement("canvas");
  const scale = Math.min(1, LONG_SIDE / Math.max(video.videoWidth, video.videoHeight));
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  const stills = [];
  for (let ms = 0; ms < durationMs; ms += everyMs) {
    if (stopped()) throw new Error("stopped");
    if (ms) {
      const there = happened(video, "seeked", SEEK_MS);
      video.currentTime = ms / 1000;
      await there;
    }
    canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
    stills.push(await jpeg(canvas));
    progress(ms / durationMs);
  }
  return stills;
}

async function instead() {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [320, 180];
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#20302b";
  pen.fillRect(0, 0, 320, 180);
  pen.fillStyle = "#fff";
  pen.font = "18px sans-serif";
  pen.textAlign = "center";
  pen.fillText("先听声音，画面随视频传到", 160, 96);
  return jpeg(canvas);
}

const jpeg = (canvas) =>
  new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/jpeg", QUALITY);
  });

function happened(video, what, patience) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("the film does not answer")), patience);
    const over = (finish) => () => {
      clearTimeout(timer);
      finish();
    };
    video.addEventListener(what, over(resolve), { once: true });
    video.addEventListener("error", over(() => reject(new Error("the film cannot be read"))), { once: true });
  });
}
