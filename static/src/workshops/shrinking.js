// A photo as it is worth sending over a village line.
const LONG_SIDE = 1920;
const QUALITY = 0.85;
const SMALL_ENOUGH = 400 * 1024;

/** The file to send for `file`: other kinds as they are, a photo as a small JPEG, null for a photo that cannot be opened. */
export async function shrunk(file) {
  if (!file.type.startsWith("image/") || file.type === "image/gif" || isSmallDrawing(file)) return file;
  const picture = await opened(file);
  if (!picture) return null;
  const blob = await drawn(picture);
  URL.revokeObjectURL(picture.src);
  return blob && new File([blob], `${file.name.replace(/\.[^.]*$/, "")}.jpg`, { type: "image/jpeg" });
}

/** Screenshots stay sharp; they carry no place either. */
const isSmallDrawing = (file) => /^image\/(png|webp)$/.test(file.type) && file.size <= SMALL_ENOUGH;

/** An <img> stands a photo upright by itself, as its orientation says. */
async function opened(file) {
  const picture = new Image();
  picture.src = URL.createObjectURL(file);
  try {
    await picture.decode();
    return picture;
  } catch (_) {
    URL.revokeObjectURL(picture.src);
    return null;
  }
}

function drawn(picture) {
  const scale = Math.min(1, LONG_SIDE / Math.max(picture.naturalWidth, picture.naturalHeight));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.naturalWidth * scale));
  canvas.height = Math.max(1, Math.round(picture.naturalHeight * scale));
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
}
