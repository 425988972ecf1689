import { describe, expect, it } from '@jest/globals';
import { columnsOf } from '../oneroster/columns.js';
import { gradeOf, relationOf, staffRoleOf } from './descriptors.js';

const grade = (code: string) => gradeOf(`uri://ed-fi.org/GradeLevelDescriptor#${code}`);
const relation = (code: string, legal = false) =>
  relationOf(`uri://ed-fi.org/RelationDescriptor#${code}`, legal);
const staffRole = (code: string) => staffRoleOf(`uri://ed-fi.org/StaffClassificationDescriptor#${code}`);

describe('a grade level', () => {
  it.each([
    ['Infant/toddler', 'IT'],
    ['Preschool/Prekindergarten', 'PK'],
    ['Kindergarten', 'KG'],
    ['First grade', '01'],
    ['Twelfth grade', '12'],
    ['Grade 13', '13'],
    ['9', '09'],
    ['10th grade', '10'],
    ['Ungraded', 'UG'],
  ])('%s is %s', (code, ceds) => expect(grade(code)).toBe(ceds));

  it('that nobody knows stays as it is written, in sixteen characters and as one grade', () =>
    expect(grade('Honours, advanced track')).toBe('Honours  advance'));
});

describe('a contact', () => {
  it.each(['Mother', 'Father', 'Parent', 'Father, step'])('who is a %s is a parent', (code) =>
    expect(relation(code)).toBe('parent'),
  );
  it.each(['Guardian', 'CourtAppointedGuardian', 'Foster parent'])('who is a %s is a guardian', (code) =>
    expect(relation(code)).toBe('guardian'),
  );
  it.each(['Aunt', 'FatherInLaw', 'Godparent', 'Neighbor', ''])('who is "%s" is a relative', (code) =>
    expect(relation(code)).toBe('relative'),
  );
  it('of any relation who is marked as legal guardian is a guardian; a mother stays a parent', () => {
    expect(relation('Aunt', true)).toBe('guardian');
    expect(relation('Mother', true)).toBe('parent');
  });
});

describe('a staff classification', () => {
  it.each([
    ['Pre-Kindergarten Teacher', 'teacher'],
    ['Paraprofessional/Instructional Aide', 'aide'],
    ['School Counselor', 'counselor'],
    ['Assistant Principal', 'principal'],
    ['School Leader', 'siteAdministrator'],
    ['Superintendent', 'districtAdministrator'],
  ])('%s is %s, a word of OneRoster', (code, role) => {
    expect(staffRole(code)).toBe(role);
    expect(columnsOf('roles', '1.2')['role']?.oneOf).toContain(staffRole(code));
  });
  it('that Ed-Fi leaves open is not guessed', () => expect(staffRole('School Psychologist')).toBeUndefined());
});
