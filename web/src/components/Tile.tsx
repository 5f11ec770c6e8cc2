import { useCallback } from 'react'
import { TILE, tilePixels } from '../picture/heat'
import styles from './Seen.module.css'

interface TileProps {
  readonly tile: ArrayLike<number>
  readonly saliency: ArrayLike<number> | null
  readonly label: string
}

/** What the network saw of a digit, pixel by pixel. */
export function Tile({ tile, saliency, label }: TileProps) {
  const paint = useCallback((canvas: HTMLCanvasElement | null) => {
    canvas?.getContext('2d')?.putImageData(new ImageData(tilePixels(tile, saliency), TILE, TILE), 0, 0)
  }, [tile, saliency])
  return <canvas ref={paint} className={styles.tile} width={TILE} height={TILE} role="img" aria-label={label} />
}
