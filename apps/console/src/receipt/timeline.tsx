import type { Receipt } from '../api/intake';
import { loopStates, wordFor } from '../api/words';
import { Part } from '../ui/page';
import { When } from '../ui/time';

/** What happened, oldest first. */
export function Timeline({ items }: { items: Receipt['timeline'] }) {
  return (
    <Part title="What happened so far" id="timeline">
      <ol className="hb-timeline">
        {items.map((item, n) => (
          <li key={`${item.at} ${n}`}>
            <span className="hb-timeline__what">{wordFor(loopStates, item.what)}</span>
            {item.detail && <span className="hb-timeline__detail">{item.detail}</span>}
            <span className="hb-timeline__at">
              <When at={item.at} />
            </span>
          </li>
        ))}
      </ol>
    </Part>
  );
}
