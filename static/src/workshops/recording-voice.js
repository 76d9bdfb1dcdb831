// The microphone. AAC is asked for first: it plays on every phone as it is; what else a browser makes the server converts.
const TYPES = [
  ["audio/mp4;codecs=mp4a.40.2", "m4a"],
  ["audio/webm;codecs=opus", "webm"],
  ["audio/mp4", "m4a"],
  ["audio/ogg;codecs=opus", "ogg"],
];
const LOOK_MS = 100;
const BITS = 48000;
const PART_MS = 3000;

/** What this browser can record, or null. */
export function recorderType() {
  const media = navigator.mediaDevices;
  if (!media || !media.getUserMedia || !window.MediaRecorder || !window.DataTransfer) return null;
  return TYPES.find(([type]) => MediaRecorder.isTypeSupported(type)) || null;
}

/**
 * Start recording; returns {stop, ended}, `ended` resolving to {blob, seconds, extension}. Every few seconds `onPart` is given the
 * same of what was spoken so far. Throws without a microphone.
 */
export async function startRecording({ most, onTime, onLevel, onPart }) {
  const [type, extension] = recorderType();
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: BITS });
  const parts = [];
  const began = performance.now();
  const spent = () => Math.min(most, (performance.now() - began) / 1000);
  const loudness = listenTo(stream);
  const spoken = () => ({ blob: new Blob(parts, { type: type.split(";")[0] }), seconds: spent(), extension });
  recorder.addEventListener("dataavailable", (event) => {
    if (!event.data.size) return;
    parts.push(event.data);
    if (recorder.state === "recording") onPart(spoken());
  });
  const stop = () => recorder.state !== "inactive" && recorder.stop();
  const timer = setInterval(() => {
    onTime(spent());
    onLevel(loudness.now());
    if (spent() >= most) stop();
  }, LOOK_MS);
  const ended = new Promise((resolve) => {
    recorder.addEventListener("stop", () => {
      clearInterval(timer);
      loudness.close();
      for (const track of stream.getTracks()) track.stop();
      resolve(spoken());
    });
  });
  onTime(0);
  recorder.start(PART_MS);
  return { stop, ended };
}

function listenTo(stream) {
  const Context = window.AudioContext || window.webkitAudioContext;
  if (!Context) return { now: () => 0, close: () => {} };
  const context = new Context();
  const analyser = context.createAnalyser();
  analyser.fftSize = 512;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Uint8Array(analyser.fftSize);
  const now = () => {
    analyser.getByteTimeDomainData(samples);
    return samples.reduce((most, sample) => Math.max(most, Math.abs(sample - 128) / 128), 0);
  };
  return { now, close: () => context.close() };
}
