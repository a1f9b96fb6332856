/**
 * What the first bytes of a video say: browsers tell no more than that they cannot show it, and a person wants to
 * know whether another program could. Formats: ISO/IEC 14496-12 (MP4, QuickTime), Matroska (RFC 9559), Ogg (RFC
 * 3533), RIFF. Every length is checked against the file before it is believed.
 */

export interface VideoHeader {
  /** 'MP4', 'WebM' … */
  container: string;
  /** Of its picture, in words; null where it is not told. */
  codec: string | null;
  /** Whether there is a picture beside the sound; null where it is not told. */
  hasPicture: boolean | null;
  /** Bytes are missing at its end, as its own table of contents says. */
  cutShort: boolean;
  /** Its table of contents is missing, without which nothing of it can be shown. */
  noIndex: boolean;
}

const codecs = new Map([
  ['avc1', 'H.264'],
  ['avc3', 'H.264'],
  ['hvc1', 'H.265 (HEVC)'],
  ['hev1', 'H.265 (HEVC)'],
  ['dvh1', 'Dolby Vision'],
  ['dvhe', 'Dolby Vision'],
  ['av01', 'AV1'],
  ['vp08', 'VP8'],
  ['vp09', 'VP9'],
  ['mp4v', 'MPEG-4 Visual'],
  ['jpeg', 'Motion JPEG'],
  ['mjpg', 'Motion JPEG'],
  ['apch', 'ProRes'],
  ['apcn', 'ProRes'],
  ['apcs', 'ProRes'],
  ['apco', 'ProRes'],
  ['ap4h', 'ProRes'],
  ['encv', 'encrypted video'],
  ['v_vp8', 'VP8'],
  ['v_vp9', 'VP9'],
  ['v_av1', 'AV1'],
  ['v_mpeg4/iso/avc', 'H.264'],
  ['v_mpegh/iso/hevc', 'H.265 (HEVC)'],
  ['v_theora', 'Theora'],
  ['v_prores', 'ProRes'],
]);

/** What is looked at of formats other than MP4, bytes. */
const headBytes = 2 ** 18;
/** A table of contents of an hour's video is a few megabytes. */
const maxIndexBytes = 2 ** 25;
const maxBoxes = 10_000;

/** @returns null for what is no video that is known here @throws what the file throws when it cannot be read */
export async function readVideoHeader(file: Blob): Promise<VideoHeader | null> {
  const head = await bytesOf(file, 0, headBytes);
  const text = latin1(head);
  const plain = { codec: null, hasPicture: null, cutShort: false, noIndex: false };
  if (/^....(ftyp|moov|mdat|wide|free|skip|pnot)/s.test(text)) return await readBoxes(file, text);
  if (text.startsWith('\x1aE\xdf\xa3')) {
    const container = text.slice(0, 64).includes('matroska') ? 'Matroska' : 'WebM';
    return { ...plain, container, ...pictureOf(text, /V_[A-Z0-9/_]{2,30}/, /A_[A-Z]{3}/) };
  }
  if (text.startsWith('OggS')) {
    const sounds = /vorbis|OpusHead|FLAC|Speex/;
    const theora = text.includes('\x80theora');
    const codec = theora ? 'Theora' : null;
    return { ...plain, container: 'Ogg', codec, hasPicture: theora || (sounds.test(text) ? false : null) };
  }
  if (/^RIFF....AVI /s.test(text)) {
    return { ...plain, container: 'AVI', ...pictureOf(text, /(?<=strh....vids)[\w ]{4}/s, /strh....auds/s) };
  }
  if (isTransportStream(text)) return { ...plain, container: 'MPEG transport stream' };
  const other = others.find(([, mark]) => text.startsWith(mark));
  return other === undefined ? null : { ...plain, container: other[0] };
}

const others: [string, string][] = [
  ['Windows Media', '0&\xb2u\x8ef\xcf\x11'],
  ['Flash Video', 'FLV\x01'],
  ['MPEG', '\x00\x00\x01\xba'],
  ['MPEG', '\x00\x00\x01\xb3'],
  ['RealMedia', '.RMF'],
];

/** A transport stream has its mark at the head of every packet of 188 bytes. */
const isTransportStream = (text: string) =>
  text.length > 376 && [0, 188, 376].every((at) => text[at] === 'G');

function pictureOf(text: string, picture: RegExp, sound: RegExp): Pick<VideoHeader, 'codec' | 'hasPicture'> {
  const found = picture.exec(text)?.[0];
  if (found !== undefined) return { codec: codecName(found), hasPicture: true };
  return { codec: null, hasPicture: sound.test(text) ? false : null };
}

/** The name of a codec, or its own mark where that can be shown. */
function codecName(mark: string): string | null {
  return codecs.get(mark.trim().toLowerCase()) ?? (/^[\w/ ]+$/.test(mark) ? mark.trim() : null);
}

/** Goes along the boxes of an MP4 or QuickTime file. */
async function readBoxes(file: Blob, text: string): Promise<VideoHeader | null> {
  const brand = text.startsWith('ftyp', 4) ? text.slice(8, 12) : '';
  // Pictures come in the same boxes.
  if (/^(avif|avis|heic|heix|heim|heis|hevc|mif1|msf1|jxl )$/.test(brand)) return null;
  const container = brand === 'qt  ' || brand === '' ? 'QuickTime' : 'MP4';
  let index: string | null = null;
  let end = 0;
  for (let boxes = 0; boxes < maxBoxes && end + 8 <= file.size; boxes++) {
    const box = boxAt(latin1(await bytesOf(file, end, 16)), 0, file.size - end);
    if (box === null) break;
    if (box.type === 'moov') {
      index = latin1(await bytesOf(file, end + box.header, Math.min(box.size - box.header, maxIndexBytes)));
    }
    end += box.size;
  }
  const cutShort = end > file.size;
  if (index === null) return { container, codec: null, hasPicture: null, cutShort, noIndex: true };
  const tracks = boxesOf(index, 'trak').map((track) => inside(track, 'mdia'));
  const pictures = tracks.filter((media) => inside(media, 'hdlr').slice(8, 12) === 'vide');
  const mark = inside(inside(inside(pictures[0] ?? '', 'minf'), 'stbl'), 'stsd').slice(12, 16);
  return {
    container,
    codec: mark === '' ? null : codecName(mark),
    hasPicture: pictures.length > 0,
    cutShort,
    noIndex: false,
  };
}

interface Box {
  type: string;
  /** Bytes of its head, and of all of it. */
  header: number;
  size: number;
}

/** @param left bytes from there to the end of what holds it */
function boxAt(text: string, at: number, left: number): Box | null {
  if (text.length < at + 8) return null;
  const type = text.slice(at + 4, at + 8);
  const short = uint32(text, at);
  if (short === 0) return { type, header: 8, size: left };
  if (short === 1) {
    if (text.length < at + 16) return null;
    const size = uint32(text, at + 8) * 2 ** 32 + uint32(text, at + 12);
    return size < 16 ? null : { type, header: 16, size };
  }
  return short < 8 ? null : { type, header: 8, size: short };
}

/** The contents of all boxes of a type that lie directly in `text`. */
function boxesOf(text: string, type: string): string[] {
  const found: string[] = [];
  let at = 0;
  for (let boxes = 0; boxes < maxBoxes; boxes++) {
    const box = boxAt(text, at, text.length - at);
    if (box === null) break;
    if (box.type === type) found.push(text.slice(at + box.header, at + box.size));
    at += box.size;
  }
  return found;
}

/** The contents of the first such box; '' where there is none. */
const inside = (text: string, type: string) => boxesOf(text, type)[0] ?? '';

const uint32 = (text: string, at: number) =>
  text.charCodeAt(at) * 2 ** 24 +
  text.charCodeAt(at + 1) * 2 ** 16 +
  text.charCodeAt(at + 2) * 2 ** 8 +
  text.charCodeAt(at + 3);

async function bytesOf(file: Blob, from: number, length: number): Promise<Uint8Array> {
  return new Uint8Array(await file.slice(from, from + length).arrayBuffer());
}

/** One character a byte, so that marks can be looked for as text. */
function latin1(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += 8192) {
    pieces.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
  }
  return pieces.join('');
}
