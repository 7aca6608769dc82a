@echo off
rem Starts the provider on Windows: the twin of pulumi-resource-bots.
if not exist "%~dp0..\dist\plugin\main.js" (
  echo pulumi-resource-bots: %~dp0..\dist\plugin\main.js is missing: run npm run build 1>&2
  exit /b 1
)
where node >nul 2>nul
if errorlevel 1 (
  echo pulumi-resource-bots: Node.js 20.19 or later is needed on this computer to run the provider, whatever the language of the program ^(https://nodejs.org^) 1>&2
  exit /b 1
)
node "%~dp0..\dist\plugin\main.js" %*
