/** Side of what the network sees, in pixels. */
export const TILE = 28

/** How dark full ink is under the map, so that the map's colours stand out on it. */
const PALE = 0.6

/** Red, green and blue from hardly to most salient: as in the pictures that the server makes. */
const HEAT = [[255, 237, 160], [253, 141, 60], [189, 0, 38]] as const

type Colour = readonly [red: number, green: number, blue: number]

/** The tile as a picture, dark on white; with a saliency map, in pale ink under its colours. */
export function tilePixels(tile: ArrayLike<number>, saliency: ArrayLike<number> | null): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(4 * TILE * TILE)
  for (let i = 0; i < TILE * TILE; i++) {
    const ink = tile[i] ?? 0
    const grey = 255 * (1 - (saliency ? PALE : 1) * ink)
    const strength = saliency?.[i] ?? 0
    pixels.set([...blend([grey, grey, grey], heat(strength), strength), 255], 4 * i)
  }
  return pixels
}

/** Ink as a picture, dark on white. */
export function inkPixels(ink: ArrayLike<number>): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(4 * ink.length)
  for (let i = 0; i < ink.length; i++) {
    const grey = 255 * (1 - (ink[i] ?? 0))
    pixels.set([grey, grey, grey, 255], 4 * i)
  }
  return pixels
}

function heat(strength: number): Colour {
  const [low, middle, high] = HEAT
  return strength < 0.5 ? blend(low, middle, 2 * strength) : blend(middle, high, 2 * strength - 1)
}

function blend(from: Colour, to: Colour, share: number): Colour {
  const at = (i: 0 | 1 | 2) => from[i] + (to[i] - from[i]) * share
  return [at(0), at(1), at(2)]
}
