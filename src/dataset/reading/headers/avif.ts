/**
 * Headers of AVIF files (AV1 Image File Format over ISO/IEC 23008-12): the properties that the `meta` box ties to
 * the primary item. Box numbers in the comments are those of ISO/IEC 14496-12 and 23008-12.
 */
import { type HeaderFacts, type HeaderReader, mostSteps, textAt } from './facts';

interface Box {
  type: string;
  /** Of its payload. */
  start: number;
  end: number;
}

/** How an auxiliary item says that it is an alpha plane. */
const alphaUrns = ['urn:mpeg:mpegB:cicp:systems:auxiliary:alpha', 'urn:mpeg:hevc:2015:auxid:1'];
/** Boxes looked at in one container; no picture has this many. */
const mostBoxes = 1000;

/** Size, depth, colours, transparency, animation and turn. */
export const readAvifHeader: HeaderReader = (view, facts) => {
  if (textAt(view, 8, 4) === 'avis') facts.conversions.add('first-frame');
  const meta = boxes(view, 0, view.byteLength).find(({ type }) => type === 'meta');
  if (meta === undefined) throw new RangeError('the meta box lies further on');
  if (meta.end > view.byteLength) throw new RangeError('the meta box is cut short');
  const inMeta = boxes(view, meta.start + 4, meta.end);
  const properties = inMeta.find(({ type }) => type === 'iprp');
  if (properties === undefined) return;
  const inProperties = boxes(view, properties.start, properties.end);
  const container = inProperties.find(({ type }) => type === 'ipco');
  if (container === undefined) return;
  const all = boxes(view, container.start, container.end);
  const primary = primaryItem(view, inMeta);
  const tied = inProperties.flatMap((box) => (box.type === 'ipma' ? itemProperties(view, box, primary) : []));
  for (const number of tied) {
    const property = all[number - 1];
    if (property !== undefined) readProperty(view, property, facts);
  }
  // Any other item may be an alpha plane, which is named by a URN.
  const planes = all.filter(({ type }) => type === 'auxC');
  if (planes.some(({ start }) => alphaUrns.some((urn) => textAt(view, start + 4, urn.length) === urn))) {
    facts.conversions.add('flattened');
  }
};

function readProperty(view: DataView, { type, start }: Box, facts: HeaderFacts): void {
  if (type === 'ispe') facts.size = { width: view.getUint32(start + 4), height: view.getUint32(start + 8) };
  if (type === 'irot') facts.turned = (view.getUint8(start) & 1) === 1;
  if (type === 'pixi') {
    if (view.getUint8(start + 4) === 1) facts.conversions.add('grey');
    if (view.getUint8(start + 5) > 8) facts.conversions.add('eight-bits');
  }
  if (type === 'av1C') {
    const said = view.getUint8(start + 2);
    if (said & 0x40) facts.conversions.add('eight-bits');
    if (said & 0x10) facts.conversions.add('grey');
  }
}

/** The number of the item to show (`pitm`); 1 where nothing is said. */
function primaryItem(view: DataView, inMeta: readonly Box[]): number {
  const box = inMeta.find(({ type }) => type === 'pitm');
  if (box === undefined) return 1;
  return view.getUint8(box.start) === 0 ? view.getUint16(box.start + 4) : view.getUint32(box.start + 4);
}

/** Numbers, from 1, of the properties of an item (`ipma`). */
function itemProperties(view: DataView, { start, end }: Box, item: number): number[] {
  const wideItems = view.getUint8(start) > 0;
  const wideNumbers = (view.getUint8(start + 3) & 1) === 1;
  let left = Math.min(view.getUint32(start + 4), mostSteps);
  let at = start + 8;
  while (left-- > 0 && at < end) {
    const id = wideItems ? view.getUint32(at) : view.getUint16(at);
    at += wideItems ? 4 : 2;
    const count = view.getUint8(at++);
    const step = wideNumbers ? 2 : 1;
    if (id !== item) {
      at += count * step;
      continue;
    }
    return Array.from({ length: count }, (_, i) =>
      wideNumbers ? view.getUint16(at + 2 * i) & 0x7fff : view.getUint8(at + i) & 0x7f,
    );
  }
  return [];
}

/** The boxes side by side from `at` to `end`; the last may end behind it. */
function boxes(view: DataView, at: number, end: number): Box[] {
  const found: Box[] = [];
  while (at + 8 <= end && found.length < mostBoxes) {
    const said = view.getUint32(at);
    const type = textAt(view, at + 4, 4);
    const header = said === 1 ? 16 : 8;
    // 1 announces a size of 64 bits, 0 a box that runs to the end.
    const size = said === 1 ? Number(view.getBigUint64(at + 8)) : said === 0 ? end - at : said;
    if (size < header) return found;
    found.push({ type, start: at + header, end: at + size });
    at += size;
  }
  return found;
}
