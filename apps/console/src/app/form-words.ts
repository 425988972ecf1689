import { useQuery } from '@tanstack/react-query';
import { intake, type Choice } from '../api/intake';
import { wordFor } from '../api/words';

const someLanguages: Choice[] = [
  { id: 'en', name: 'English' },
  { id: 'es', name: 'Español' },
];

/** The district's own names for topics, roles and languages, as the public form has them. */
export function useFormWords() {
  const form = useQuery({ queryKey: ['form', 'en'], queryFn: () => intake.form('en'), staleTime: 300_000 });
  const nameIn = (choices: Choice[] | undefined) => (id: string | undefined) =>
    choices?.find((choice) => choice.id === id)?.name ?? wordFor({}, id);
  return {
    topic: nameIn(form.data?.topics),
    role: nameIn(form.data?.roles),
    topics: form.data?.topics ?? [],
    kinds: form.data?.kinds ?? [],
    languages: form.data?.languages ?? someLanguages,
  };
}
