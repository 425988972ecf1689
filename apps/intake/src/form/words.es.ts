import type { FormWords } from './choices.js';

export const es: FormWords = {
  topics: {
    transport: 'Autobuses y camino a la escuela',
    meals: 'Comidas',
    safety: 'Seguridad',
    learning: 'Aprendizaje y clases',
    'special-education': 'Educación especial',
    facilities: 'Edificios y patios',
    belonging: 'Pertenencia y respeto',
    other: 'Otro tema',
  },
  kinds: {
    concern: 'Una preocupación',
    idea: 'Una idea',
    question: 'Una pregunta',
    praise: 'Un elogio',
    offer: 'Un ofrecimiento de ayuda',
  },
  roles: {
    student: 'Estudiante',
    family: 'Familia o cuidador',
    'school-staff': 'Personal de la escuela',
    'district-staff': 'Personal del distrito',
    volunteer: 'Voluntario',
    'community-member': 'Miembro de la comunidad',
    'community-organisation': 'Organización comunitaria',
    'research-organisation': 'Organización de investigación',
    funder: 'Donante',
    'public-official': 'Funcionario público',
  },
  standings: {
    'historical-memory': 'Recuerdo cómo llegó a ser así: conozco estas escuelas desde hace mucho',
    'most-impacted': 'Estoy entre las personas a quienes más afecta',
    'responsible-for-change': 'Estoy entre quienes tienen que llevar a cabo el cambio',
  },
  groups: {
    'african-american': 'Afroamericano o negro',
    'american-indian': 'Indígena americano o nativo de Alaska',
    asian: 'Asiático',
    filipino: 'Filipino',
    hispanic: 'Hispano o latino',
    'pacific-islander': 'De las islas del Pacífico',
    'two-or-more-races': 'Dos o más razas',
    white: 'Blanco',
    'english-learner': 'Aprendiendo inglés',
    disability: 'Con una discapacidad',
    'low-income': 'Con bajos ingresos familiares',
    'foster-youth': 'En hogar de acogida',
    'homeless-youth': 'Sin vivienda propia',
    lgbtq: 'LGBTQ+',
  },
  channels: { email: 'Correo electrónico' },
  readers:
    'Lo lee el equipo responsable: la oficina de una escuela o un equipo del distrito. Le diremos cuál es y para cuándo responde. También pueden leerlo quienes dirigen la escuela de ese equipo y quienes dirigen el distrito. Si el equipo lo pasa a otro, lo leen el nuevo equipo y quienes lo dirigen, y se lo diremos.',
  notReaders:
    'Los demás equipos no lo leen, y ningún informe muestra sus palabras. Sus datos de contacto nunca se muestran a un equipo, ni su nombre si habla de forma anónima. Si se trata de su propia escuela, puede elegir que la escuela no lo vea.',
  notLive:
    'Esto no se vigila en vivo: nadie lo lee al momento, ni de día ni de noche. Si alguien está en peligro, llame.',
  crisis: {
    emergency: 'Emergencia: policía, bomberos, ambulancia',
    lifeline: 'Línea de prevención del suicidio y crisis, día y noche, gratis',
    lifelineContact: 'Llame o envíe un mensaje al 988',
    district: 'Los días de clase de 8:00 a 17:00',
    districtName: 'oficina del distrito',
  },
};
