import type { CaseDetail } from '../api/casework';
import type { Me } from '../api/me';

/** What a form about a case is given. */
export interface ActionProps {
  one: CaseDetail;
  etag: string;
  me: Me;
  changed: (what: string) => void;
  cancel: () => void;
}
