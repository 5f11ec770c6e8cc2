import { useRef, type PointerEvent } from 'react'
import { toPoint } from '../ink/stroke'
import type { Gesture } from './useGesture'

type Handler = (event: PointerEvent<HTMLCanvasElement>) => void

/** How long fingers are kept off the paper after a pen was last near it, in milliseconds. */
const PALM = 20_000

/** The other end of a pen, which rubs out. */
const ERASER_BUTTON = 5

/**
 * Moves pen and eraser by mouse, pen or one finger; other fingers are ignored meanwhile.
 *
 * A pen keeps the palm out: it takes over from a finger, and none draws while it is near.
 */
export function usePen(gesture: Gesture) {
  const pen = useRef<{ pointer: number; type: string } | null>(null)
  const penSeen = useRef(-Infinity)

  const notice = ({ pointerType, timeStamp }: globalThis.PointerEvent) => {
    if (pointerType === 'pen') penSeen.current = timeStamp
  }
  const isPalm = ({ pointerType, timeStamp }: globalThis.PointerEvent) =>
    pointerType === 'touch' && timeStamp - penSeen.current < PALM

  const onPointerDown: Handler = ({ nativeEvent: event, currentTarget }) => {
    notice(event)
    const overPalm = pen.current?.type === 'touch' && event.pointerType === 'pen'
    if ((pen.current && !overPalm) || isPalm(event)) return
    if (event.button !== 0 && event.button !== ERASER_BUTTON) return
    if (overPalm) gesture.cancel()
    currentTarget.setPointerCapture(event.pointerId)
    const point = toPoint(event, currentTarget.getBoundingClientRect())
    const onOver = () => { pen.current = null }
    gesture.begin(point, { pressed: event.pointerType === 'pen', erasing: event.button === ERASER_BUTTON, onOver })
    pen.current = { pointer: event.pointerId, type: event.pointerType }
  }
  const onPointerMove: Handler = ({ nativeEvent: event, currentTarget }) => {
    notice(event)
    if (pen.current?.pointer !== event.pointerId) return
    const frame = currentTarget.getBoundingClientRect()
    gesture.move(everyMove(event).map((move) => toPoint(move, frame)))
  }
  const lifts = ({ nativeEvent: event }: PointerEvent) => {
    notice(event)
    return pen.current?.pointer === event.pointerId
  }
  const onPointerUp: Handler = (event) => { if (lifts(event)) gesture.end() }
  const onPointerCancel: Handler = (event) => { if (lifts(event)) gesture.cancel() }
  return { onPointerDown, onPointerMove, onPointerUp, onPointerCancel }
}

/** The moves that the browser folded into one event. */
function everyMove(event: globalThis.PointerEvent): globalThis.PointerEvent[] {
  const moves = 'getCoalescedEvents' in event ? event.getCoalescedEvents() : []
  return moves.length > 0 ? moves : [event]
}
