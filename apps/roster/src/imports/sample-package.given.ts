import { crc32 } from 'node:zlib';

/** Files by name, for tests. */
export type Files = Record<string, string>;

/** A small OneRoster 1.2 package: a district, two schools, a teacher, two students, a parent of both. */
export function samplePackage(change: Files = {}): Files {
  const files: Files = {
    'manifest.csv': [
      'propertyName,value',
      'manifest.version,1.0',
      'oneroster.version,1.2',
      ...['orgs', 'users', 'roles', 'enrollments', 'classes'].map((file) => `file.${file},bulk`),
      'file.demographics,absent',
    ].join('\n'),
    'orgs.csv': [
      'sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId',
      '00417,,,Moon Unified School District,district,,',
      '00417-012,,,Phobos Elementary School,school,,00417',
      '00417-051,,,Ío High School,school,,00417',
    ].join('\r\n'),
    'users.csv': [
      'sourcedId,status,dateLastModified,enabledUser,username,givenName,familyName,agentSourcedIds,grades,password',
      'T1,,,true,t1,Orion,Wyke,,,hunter2',
      'S1,,,true,s1,Allen,Morry,P1,KG,hunter2',
      'S2,,,FALSE,s2,Peregrin,Morry,P1,09,hunter2',
      'P1,,,true,p1,Demma,Morry,"S1,S2",,',
    ].join('\n'),
    'roles.csv': [
      'sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId',
      'R1,,,T1,primary,teacher,2020-08-10,,00417-012',
      'R2,,,S1,primary,student,2020-08-10,,00417-012',
      'R3,,,S2,primary,Student,2020-08-10,,00417-051',
      'R4,,,P1,primary,parent,2020-08-10,,00417-012',
    ].join('\n'),
    'classes.csv': [
      'sourcedId,status,dateLastModified,title,courseSourcedId,classType,schoolSourcedId,termSourcedIds',
      'C1,,,Homeroom,K1,homeroom,00417-012,SY27',
    ].join('\n'),
    'enrollments.csv': [
      'sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate',
      'E1,,,C1,00417-012,T1,teacher,true,2020-08-10,',
      'E2,,,C1,00417-012,S1,student,false,2020-08-10,',
    ].join('\n'),
  };
  return { ...files, ...change };
}

/** A zip without compression, with names as they are given: also such as no honest tool writes. */
export function zipOf(files: Files): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let at = 0;
  for (const [name, text] of Object.entries(files)) {
    const content = Buffer.from(text);
    // What the local and the central header share: version 2.0, no flags, stored, no date, checksum, sizes, name.
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt32LE(crc32(content), 10);
    facts.writeUInt32LE(content.length, 14);
    facts.writeUInt32LE(content.length, 18);
    facts.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), facts, Buffer.from(name), content]);
    const offset = Buffer.alloc(4);
    offset.writeUInt32LE(at);
    const header = [Buffer.from('PK\x01\x02'), Buffer.from([20, 0]), facts, Buffer.alloc(10), offset];
    central.push(Buffer.concat([...header, Buffer.from(name)]));
    locals.push(local);
    at += local.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(central.length, 8);
  end.writeUInt16LE(central.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, directory, end]);
}
