import { Button, FileButton } from '@mantine/core'
import { useRef, useState } from 'react'
import { example } from '../desk/examples'
import type { DeskSteps } from '../hooks/useDesk'
import { useWords } from '../hooks/useWords'
import { Camera } from './Camera'
import styles from './Tools.module.css'

/** The ways in without drawing: a file, the camera, an example. */
export function Ways({ steps }: { readonly steps: DeskSteps }) {
  const { tools } = useWords()
  const [shown, setShown] = useState(0)
  const [camera, setCamera] = useState(false)
  const reset = useRef<() => void>(null)
  const resetCamera = useRef<() => void>(null)
  const take = (files: readonly File[]) => {
    // Forgotten at once, so that the same file can be chosen again.
    reset.current?.()
    resetCamera.current?.()
    steps.show(files)
  }
  const lay = () => {
    steps.lay(example(shown))
    setShown(shown + 1)
  }
  return (
    <div className={styles.ways}>
      <FileButton accept={kinds} multiple resetRef={reset} onChange={take}>
        {(props) => <Button {...props} {...plain}>{tools.upload}</Button>}
      </FileButton>
      {onPhone
        ? <FileButton accept="image/*" capture="environment" resetRef={resetCamera} onChange={(file) => { if (file) take([file]) }}>
            {(props) => <Button {...props} {...plain}>{tools.camera}</Button>}
          </FileButton>
        : <Button {...plain} aria-haspopup="dialog" onClick={() => { setCamera(true) }}>{tools.camera}</Button>}
      <Button {...plain} onClick={lay}>{tools.example}</Button>
      {camera && <Camera onPicture={(file) => { steps.show([file]) }} onClose={() => { setCamera(false) }} />}
    </div>
  )
}

/** There the system's own camera is better than any viewfinder in a page. */
const onPhone = matchMedia('(pointer: coarse)').matches

/** Some systems do not know the last few as pictures. */
const kinds = 'image/*,.heic,.heif,.tif,.tiff,.pgm,.pnm'

const plain = { variant: 'default', className: styles.button ?? '' } as const
