import 'react'

declare module 'react' {
  // How many figures the answer has, for its style sheet.
  interface CSSProperties {
    '--count'?: number
  }
}
