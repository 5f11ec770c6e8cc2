import { useCallback, useState, type ReactNode } from 'react'
import styles from './Sheet.module.css'

interface PictureProps {
  readonly file: File
  /** What lies over the picture, given its size in pixels. */
  readonly children: (width: number, height: number) => ReactNode
}

/** The uploaded picture, whole, in the place of the paper. */
export function Picture({ file, children }: PictureProps) {
  const [size, setSize] = useState<{ width: number; height: number } | 'unshown' | null>(null)
  const show = useCallback((image: HTMLImageElement) => {
    const address = URL.createObjectURL(file)
    image.src = address
    return () => { URL.revokeObjectURL(address) }
  }, [file])
  if (size === 'unshown') return <p className={styles.unshown}>{file.name}<br />cannot be shown here.</p>
  return (
    <>
      <img
        ref={show}
        className={styles.picture}
        alt={`The picture ${file.name}`}
        onLoad={({ currentTarget: { naturalWidth: width, naturalHeight: height } }) => { setSize({ width, height }) }}
        onError={() => { setSize('unshown') }}
      />
      {size && children(size.width, size.height)}
    </>
  )
}
