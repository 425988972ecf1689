import { Choices, Radio, Tick } from '../ui/form';
import type { PartProps } from './who-you-are';

/** "Not to be seen by": the input then goes to the next level up. */
export function NotSeenBy({
  form,
  draft,
  change,
  choices,
  errors,
  orgName,
}: PartProps & { orgName: string | undefined }) {
  const teams = choices.teams ?? [];
  return (
    <Choices
      form={form}
      name="notSeenBy"
      label="Is there someone who should not see this?"
      hint="Whoever you name here cannot open it, find it or count it. It goes to the next level up instead."
      errors={errors}
    >
      <Radio
        name="hide"
        value="nobody"
        label="No"
        says="The team for this topic may see it."
        checked={draft.hide === 'nobody'}
        onChange={() => change({ hide: 'nobody' })}
      />
      <Radio
        name="hide"
        value="school"
        label={orgName ? `Not ${orgName}` : 'Not the school'}
        says="It goes to the level above, most often the district."
        checked={draft.hide === 'school'}
        onChange={() => change({ hide: 'school' })}
      />
      {teams.length > 0 && (
        <Radio
          name="hide"
          value="teams"
          label="Not a certain team"
          says="You choose which one."
          checked={draft.hide === 'teams'}
          onChange={() => change({ hide: 'teams' })}
        />
      )}
      {draft.hide === 'teams' && (
        <div className="hb-inset">
          {teams.map((team) => (
            <Tick
              key={team.id}
              name="hiddenTeams"
              value={team.id}
              label={team.name}
              checked={draft.hiddenTeams.includes(team.id)}
              onChange={(on) =>
                change({
                  hiddenTeams: on
                    ? [...draft.hiddenTeams, team.id]
                    : draft.hiddenTeams.filter((id) => id !== team.id),
                })
              }
            />
          ))}
        </div>
      )}
    </Choices>
  );
}
