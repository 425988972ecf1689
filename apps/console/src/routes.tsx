import { createBrowserRouter } from 'react-router';
import { NotFound, RouteFailed } from './app/error-page';
import { Layout } from './app/layout';
import { FollowReceipt } from './receipt/follow-receipt';
import { SpeakUp } from './speak-up/speak-up';

/** What the public opens comes at once; what staff, students' groups and councils open is loaded when it is opened. */
export const router = createBrowserRouter([
  {
    path: '/',
    Component: Layout,
    ErrorBoundary: RouteFailed,
    HydrateFallback: () => null,
    children: [
      {
        ErrorBoundary: RouteFailed,
        children: [
          { index: true, Component: SpeakUp },
          { path: 'receipt', Component: FollowReceipt },
          { path: 'team', lazy: async () => ({ Component: (await import('./team/queue')).TeamQueue }) },
          {
            path: 'team/cases/:id',
            lazy: async () => ({ Component: (await import('./team/case-page')).CasePage }),
          },
          { path: 'report', lazy: async () => ({ Component: (await import('./report/report')).Report }) },
          {
            path: 'loops/:inputId',
            lazy: async () => ({ Component: (await import('./loops/loop-trace')).LoopTrace }),
          },
          { path: 'voice', lazy: async () => ({ Component: (await import('./voice/sessions')).Sessions }) },
          {
            path: 'voice/join',
            lazy: async () => ({ Component: (await import('./voice/join')).JoinSession }),
          },
          {
            path: 'voice/sessions/:id',
            lazy: async () => ({ Component: (await import('./voice/session-page')).SessionPage }),
          },
          { path: 'council', lazy: async () => ({ Component: (await import('./council/rounds')).Rounds }) },
          {
            path: 'council/rounds/:id',
            lazy: async () => ({ Component: (await import('./council/round-page')).RoundPage }),
          },
          { path: 'roster', lazy: async () => ({ Component: (await import('./roster/roster')).Roster }) },
          {
            path: 'roster/imports/:id',
            lazy: async () => ({ Component: (await import('./roster/import-page')).ImportPage }),
          },
          { path: '*', Component: NotFound },
        ],
      },
    ],
  },
]);
