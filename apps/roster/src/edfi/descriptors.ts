/**
 * What Ed-Fi's descriptors mean in the words of OneRoster. A descriptor is an address with its code value behind the
 * `#`: `uri://ed-fi.org/GradeLevelDescriptor#Ninth grade`. A state may add its own.
 */

/** The code value of a descriptor. */
export function codeOf(descriptor: string): string {
  return descriptor.slice(descriptor.indexOf('#') + 1).trim();
}

/** How a code value is looked up: `Mother, step`, `mother step` and `MotherStep` are one. */
function plain(code: string): string {
  return code.toLowerCase().replace(/[^a-z0-9]/g, '');
}

const ordinals = [
  'first',
  'second',
  'third',
  'fourth',
  'fifth',
  'sixth',
  'seventh',
  'eighth',
  'ninth',
  'tenth',
  'eleventh',
  'twelfth',
];

const gradeCodes = new Map([
  ...ordinals.flatMap((word, i): [string, string][] => {
    const code = String(i + 1).padStart(2, '0');
    return [
      [`${word}grade`, code],
      [word, code],
    ];
  }),
  ['infanttoddler', 'IT'],
  ['preschool', 'PR'],
  ['prekindergarten', 'PK'],
  ['preschoolprekindergarten', 'PK'],
  ['transitionalkindergarten', 'TK'],
  ['kindergarten', 'KG'],
  ['k', 'KG'],
  ['postsecondary', 'PS'],
  ['ungraded', 'UG'],
  ['nogradelevel', 'UG'],
]);

/** The CEDS code of a grade level (`KG`, `09`); one that is not known stays as it is written, in 16 characters. */
export function gradeOf(descriptor: string): string {
  const code = codeOf(descriptor);
  const known = gradeCodes.get(plain(code));
  if (known) return known;
  const number = /^(?:grade)?0?([1-9]|1[0-3])(?:st|nd|rd|th)?(?:grade)?$/.exec(plain(code))?.[1];
  // A comma would make two grades of one in the cell.
  return number?.padStart(2, '0') ?? code.replaceAll(',', ' ').slice(0, 16).trim();
}

const parents = [
  ...['mother', 'father', 'parent'],
  ...['motherstep', 'fatherstep', 'parentstep', 'stepmother', 'stepfather', 'stepparent'],
];
const guardians = [
  ...['guardian', 'legalguardian', 'courtappointedguardian'],
  ...['fosterparent', 'motherfoster', 'fatherfoster'],
];

/** What a contact is to a student. `legalGuardian` is the mark of Data Standard 5 beside the relation. */
export function relationOf(descriptor: string, legalGuardian: boolean): 'parent' | 'guardian' | 'relative' {
  const relation = plain(codeOf(descriptor));
  if (parents.includes(relation)) return 'parent';
  return legalGuardian || guardians.includes(relation) ? 'guardian' : 'relative';
}

/** After the mapping that Ed-Fi itself publishes for OneRoster 1.2; what it leaves open is left open here, too. */
const staffRoles: Record<string, readonly string[]> = {
  teacher: [
    'Pre-Kindergarten Teacher',
    'Kindergarten Teacher',
    'Elementary Teacher',
    'Secondary Teacher',
    'Ungraded Teacher',
    'Substitute Teacher',
    'Teacher',
    'Instructional Coordinator',
  ],
  aide: ['Paraprofessional/Instructional Aide', 'Instructional Aide'],
  counselor: ['Elementary School Counselor', 'Secondary School Counselor', 'School Counselor', 'Counselor'],
  principal: ['Principal', 'Assistant Principal'],
  siteAdministrator: ['School Administrator', 'School Administrative Support Staff', 'School Leader'],
  districtAdministrator: [
    'LEA Administrator',
    'LEA Administrative Support Staff',
    'LEA System Administrator',
    'Superintendent',
    'Assistant Superintendent',
    'State Administrator',
  ],
};
const roleOfStaff = new Map(
  Object.entries(staffRoles).flatMap(([role, codes]) => codes.map((code) => [plain(code), role])),
);

/** OneRoster's role of a staff classification; undefined for those that neither Ed-Fi's mapping nor this one knows. */
export function staffRoleOf(descriptor: string): string | undefined {
  return roleOfStaff.get(plain(codeOf(descriptor)));
}
