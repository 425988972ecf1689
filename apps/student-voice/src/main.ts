import { serve } from '#platform';
import { StudentVoiceModule } from './student-voice.module.js';

await serve({ name: 'student-voice', module: StudentVoiceModule });
