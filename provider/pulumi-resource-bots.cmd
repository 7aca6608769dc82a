@echo off
rem Starts the provider on Windows: the twin of pulumi-resource-bots.
if not exist "%~dp0..\dist\plugin\main.js" (
  echo pulumi-resource-bots: %~dp0..\dist\plugin\main.js is missing: run npm run build 1>&2
  exit /b 1
)
node "%~dp0..\dist\plugin\main.js" %*
