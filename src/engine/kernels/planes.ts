/**
 * Walking over the planes of x [B, C, pixels] for kernels whose work is the same for all pixels of a channel:
 * a workgroup takes one channel over a slice of the images, neighbouring lanes neighbouring pixels. What depends on
 * the channel is loaded once, and no lane divides: integer divisions are what software adapters feel most.
 */
const LANES = 64;
/** Elements of a workgroup, where there are enough: what it does once is then little beside them. */
const ENOUGH_ELEMENTS = 2048;

export interface Planes {
  batch: number;
  channels: number;
  pixels: number;
}

export const PLANE_UNIFORMS = ['batch', 'channels', 'pixels', 'sliceImages'] as const;

/** Uniforms of a walk, its slices of the images, and the workgroups it takes. */
export function planeWalk({ batch, channels, pixels }: Planes) {
  const abreast = Math.max(1, Math.floor(LANES / pixels));
  const wanted = Math.ceil(ENOUGH_ELEMENTS / pixels / abreast) * abreast;
  const sliceImages = Math.min(wanted, Math.ceil(batch / abreast) * abreast);
  const slices = Math.ceil(batch / sliceImages);
  return { uniforms: { batch, channels, pixels, sliceImages }, slices, groups: channels * slices };
}

/** WGSL before a walk: `channel` and `slice` of the workgroup. */
export const planeGroup = `
  let channel = group % u.channels;
  let slice = group / u.channels;`;

/**
 * WGSL that runs `body` once for each element of the workgroup, at `at`, which is `pixel` of `image`.
 * @param prepare runs before the images, once for each pixel
 */
export const eachPixel = (body: string, prepare = '') => `
  {
    // Where a plane has fewer pixels than there are lanes, the lanes take several images at a time.
    let abreast = max(1u, ${LANES}u / u.pixels);
    let ahead = select(0u, lane / u.pixels, abreast > 1u);
    let last = min((slice + 1u) * u.sliceImages, u.batch);
    for (var chunk = 0u; chunk < u.pixels; chunk += ${LANES}u) {
      let pixel = chunk + lane - ahead * u.pixels;
      ${prepare}
      for (var first = slice * u.sliceImages; first < last; first += abreast) {
        let image = first + ahead;
        if (ahead < abreast && pixel < u.pixels && image < last) {
          let at = (image * u.channels + channel) * u.pixels + pixel;
          ${body}
        }
      }
    }
  }`;

/** WGSL that adds what the lanes hold in the workgroup array `name` to its first element, in a fixed tree. */
export const addLanes = (name: string, add: string) => `
  for (var half = ${LANES / 2}u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) { ${name}[lane] = ${add}(${name}[lane], ${name}[lane + half]); }
  }`;
