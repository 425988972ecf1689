import { topics } from '#contracts';
import type { FormWords } from './choices.js';

export const en: FormWords = {
  topics: Object.fromEntries(topics.map((topic) => [topic.id, topic.name])),
  kinds: {
    concern: 'A concern',
    idea: 'An idea',
    question: 'A question',
    praise: 'Praise',
    offer: 'An offer of help',
  },
  roles: {
    student: 'Student',
    family: 'Family or caregiver',
    'school-staff': 'School staff',
    'district-staff': 'District staff',
    volunteer: 'Volunteer',
    'community-member': 'Community member',
    'community-organisation': 'Community organisation',
    'research-organisation': 'Research organisation',
    funder: 'Funder',
    'public-official': 'Public official',
  },
  standings: {
    'historical-memory': 'I remember how it came to be: I have known these schools for long',
    'most-impacted': 'I am among those whom it hits hardest',
    'responsible-for-change': 'I am among those who have to carry out the change',
  },
  groups: {
    'african-american': 'African American or Black',
    'american-indian': 'American Indian or Alaska Native',
    asian: 'Asian',
    filipino: 'Filipino',
    hispanic: 'Hispanic or Latino',
    'pacific-islander': 'Pacific Islander',
    'two-or-more-races': 'Two or more races',
    white: 'White',
    'english-learner': 'Learning English',
    disability: 'With a disability',
    'low-income': 'With a low family income',
    'foster-youth': 'In foster care',
    'homeless-youth': 'Without a home of one’s own',
    lgbtq: 'LGBTQ+',
  },
  channels: { email: 'E-mail' },
  readers:
    'The team that is responsible reads this: a school office or a district team. You are told which one, and by when it answers. Those who lead that team’s school, and those who lead the district, can read it too. If the team passes it on, the new team and its leads read it, and you are told.',
  notReaders:
    'Other teams do not read it, and no report shows your words. Your contact is never shown to a team, nor your name if you speak anonymously. If it is about your own school, you can choose that the school does not see it.',
  notLive:
    'This is not watched live: nobody reads it at once, by day or by night. If somebody is in danger, call.',
  crisis: {
    emergency: 'Emergency: police, fire, ambulance',
    lifeline: 'Suicide and crisis lifeline, day and night, free',
    lifelineContact: 'Call or text 988',
    district: 'On school days from 8:00 to 17:00',
    districtName: 'district office',
  },
};
