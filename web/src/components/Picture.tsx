import { useCallback, useState, type ReactNode } from 'react'
import { useWords } from '../hooks/useWords'
import { fill } from '../words'
import styles from './Sheet.module.css'

interface PictureProps {
  readonly file: File
  /** What lies over the picture, given its size in pixels. */
  readonly children: (width: number, height: number) => ReactNode
}

/** The picture that was given, whole, in the place of the paper. */
export function Picture({ file, children }: PictureProps) {
  const { paper } = useWords()
  const [size, setSize] = useState<{ width: number; height: number } | 'unshown' | null>(null)
  const show = useObjectUrl(file)
  if (size === 'unshown') return <p className={styles.unshown}>{fill(paper.unshown, { name: file.name })}</p>
  return (
    <>
      <img
        ref={show}
        className={styles.picture}
        alt={fill(paper.picture, { name: file.name })}
        onLoad={({ currentTarget: { naturalWidth: width, naturalHeight: height } }) => { setSize({ width, height }) }}
        onError={() => { setSize('unshown') }}
      />
      {size && children(size.width, size.height)}
    </>
  )
}

/** What gives an image its bytes, for as long as it is there. */
export function useObjectUrl(bytes: Blob) {
  return useCallback((image: HTMLImageElement) => {
    const address = URL.createObjectURL(bytes)
    image.src = address
    return () => { URL.revokeObjectURL(address) }
  }, [bytes])
}
