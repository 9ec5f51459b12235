#!/usr/bin/env node
import '../../../dist/run-app.js';
