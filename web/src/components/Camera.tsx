import { Button } from '@mantine/core'
import { useCallback, useRef, useState } from 'react'
import { useWords } from '../hooks/useWords'
import { encoded } from '../picture/canvas'
import { Dialog } from './Dialog'
import styles from './Dialog.module.css'

interface CameraProps {
  readonly onPicture: (file: File) => void
  readonly onClose: () => void
}

/** The camera's view, from which a picture is taken; it is switched off with the dialog. */
export function Camera({ onPicture, onClose }: CameraProps) {
  const { camera } = useWords()
  const [state, setState] = useState<'waiting' | 'on' | 'away'>('waiting')
  const video = useRef<HTMLVideoElement | null>(null)
  const watch = useCallback((element: HTMLVideoElement) => {
    video.current = element
    return connect(element, setState)
  }, [])
  const take = async () => {
    if (state !== 'on' || !video.current) return
    setState('waiting')
    const file = await snapshot(video.current).catch(() => null)
    if (!file) {
      // Unless the camera has gone away meanwhile.
      setState((now) => (now === 'waiting' ? 'on' : now))
      return
    }
    onPicture(file)
    onClose()
  }
  return (
    <Dialog title={camera.title} close={camera.close} onClose={onClose}>
      {state === 'away'
        ? <p role="alert">{isSecureContext ? camera.away : camera.insecure}</p>
        : <>
            <video ref={watch} className={styles.video} autoPlay muted playsInline onPlaying={() => { setState('on') }} />
            <Button className={styles.take} aria-disabled={state !== 'on'} onClick={() => void take()}>{camera.take}</Button>
          </>}
    </Dialog>
  )
}

/** Large enough to read small digits, small enough to send. */
const LONGEST = 1920

/** Shows the camera in an element, and tells when it cannot be had or is lost; returns what switches it off. */
function connect(element: HTMLVideoElement, tell: (state: 'away') => void): () => void {
  let left = false
  let stream: MediaStream | null = null
  const off = () => { stream?.getTracks().forEach((track) => { track.stop() }) }
  cameraStream().then((opened) => {
    stream = opened
    if (left) off()
    else element.srcObject = opened
    // Unplugged, or no longer allowed; not so where it is switched off here.
    opened.getTracks().forEach((track) => { track.addEventListener('ended', () => { tell('away') }) })
  }).catch(() => { if (!left) tell('away') })
  return () => {
    left = true
    off()
  }
}

/** Rejects where the browser has no camera for the page: without HTTPS it has not even `mediaDevices`. */
async function cameraStream(): Promise<MediaStream> {
  const video = { facingMode: 'environment', width: { ideal: LONGEST } }
  return navigator.mediaDevices.getUserMedia({ video, audio: false })
}

async function snapshot(video: HTMLVideoElement): Promise<File> {
  const blob = await encoded(video.videoWidth, video.videoHeight, { type: 'image/jpeg', quality: 0.95 }, (context) => {
    context.drawImage(video, 0, 0)
  })
  return new File([blob], 'camera.jpg', { type: blob.type })
}
