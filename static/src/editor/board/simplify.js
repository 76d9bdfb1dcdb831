// Fewer points for the same line (Ramer, Douglas and Peucker).
const LEAST = 1.5;

/** How far a point is from the line between two others. */
export function distance([x, y], [ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const share = length ? Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / length)) : 0;
  return Math.hypot(x - ax - share * dx, y - ay - share * dy);
}

export function simplified(points) {
  const kept = new Set([0, points.length - 1]);
  const open = [[0, points.length - 1]];
  while (open.length) {
    const [from, to] = open.pop();
    let far = 0;
    let most = LEAST;
    for (let n = from + 1; n < to; n += 1) {
      const off = distance(points[n], points[from], points[to]);
      if (off > most) [far, most] = [n, off];
    }
    if (!far) continue;
    kept.add(far);
    open.push([from, far], [far, to]);
  }
  return points.filter((_, n) => kept.has(n));
}
