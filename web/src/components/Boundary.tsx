import { Button } from '@mantine/core'
import { Component, type ReactNode } from 'react'
import { useWords } from '../hooks/useWords'
import answer from './Answer.module.css'
import app from './App.module.css'
import header from './Header.module.css'

/** The page, or where it breaks down, a word on that and a way on; only a class can catch what its children throw. */
export class Boundary extends Component<{ readonly children: ReactNode }, { readonly broken: boolean }> {
  override readonly state = { broken: false }

  static getDerivedStateFromError() {
    return { broken: true }
  }

  override render() {
    return this.state.broken ? <Broken /> : this.props.children
  }
}

function Broken() {
  const { broken } = useWords()
  return (
    <div className={app.page}>
      <header className={header.header}><h1>inkdigits</h1></header>
      <main className={answer.trouble}>
        <p role="alert"><strong>{broken.what}</strong></p>
        <Button className={answer.again} onClick={() => { location.reload() }}>{broken.reload}</Button>
      </main>
    </div>
  )
}
