import '@mantine/core/styles/default-css-variables.layer.css'
import '@mantine/core/styles/baseline.layer.css'
import '@mantine/core/styles/global.layer.css'
import '@mantine/core/styles/UnstyledButton.layer.css'
import '@mantine/core/styles/VisuallyHidden.layer.css'
import '@mantine/core/styles/Button.layer.css'
import '@mantine/core/styles/FloatingIndicator.layer.css'
import '@mantine/core/styles/SegmentedControl.layer.css'
import './base.css'
import { MantineProvider } from '@mantine/core'
import { onlineManager, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode, startTransition } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './components/App'
import { Boundary } from './components/Boundary'
import { firstWords, WordsProvider } from './hooks/useWords'
import { keepOffline } from './local'

const queries = new QueryClient({
  defaultOptions: {
    // The server is usually this very machine, so being offline does not matter; a sheet never changes.
    // As nothing waits for a network, what failed is not asked for anew with it unless that is said.
    queries: { networkMode: 'always', retry: false, staleTime: Infinity, refetchOnWindowFocus: false, refetchOnReconnect: true },
  },
})

// It hears of changes only, and a page that is kept may be opened without a network.
onlineManager.setOnline(navigator.onLine)

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
const words = await firstWords().catch(() => null)
const page = words && (
  <StrictMode>
    {/* All styles come from files, so a strict content security policy holds. */}
    <MantineProvider defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <QueryClientProvider client={queries}>
        <WordsProvider first={words}>
          <Boundary>
            <App />
          </Boundary>
        </WordsProvider>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>
)
// In small steps, so that the page answers while it is still being built.
if (page) startTransition(() => { createRoot(root).render(page) })
else root.replaceChildren(document.querySelector<HTMLTemplateElement>('#torn')?.content ?? '')
keepOffline()
