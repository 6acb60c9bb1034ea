@echo off
rem Starts Attune. Builds it in Release first where a source is newer than the last build; the build speaks only where it fails.
setlocal
set "here=%~dp0"
set "project=%here%src\Attune.Cli"
set "program=%project%\bin\Release\net10.0\attune.dll"
set "stamp=%project%\bin\attune.stamp"
where dotnet >nul 2>nul || (echo error: the .NET 10 SDK is needed and there is no dotnet on the PATH; see https://dot.net 1>&2 & exit /b 1)
powershell -NoProfile -ExecutionPolicy Bypass -Command "$s = Get-Item -LiteralPath $env:stamp -ErrorAction SilentlyContinue; if (-not $s -or -not (Test-Path -LiteralPath $env:program)) { exit 1 }; $f = @(Get-ChildItem -LiteralPath ($env:here + 'src') -Recurse -File | Where-Object { $_.FullName -notmatch '\\(bin|obj)\\' }) + @(Get-ChildItem -Path ($env:here + '*') -File -Include *.props,*.targets,global.json,BannedSymbols.txt,.editorconfig); if (@($f | Where-Object { $_.LastWriteTimeUtc -gt $s.LastWriteTimeUtc }).Count) { exit 1 }; exit 0"
if errorlevel 1 (
  call :build || exit /b 1
)
dotnet "%program%" %*
exit /b %errorlevel%

:build
echo Building... 1>&2
if not exist "%project%\bin" mkdir "%project%\bin"
set "log=%TEMP%\attune-build-%RANDOM%.log"
rem The time of the stamp is that of the build's start, so that an edit during it is not lost.
type nul > "%stamp%.new"
dotnet build "%project%\Attune.Cli.csproj" -c Release --nologo -v q -nodeReuse:false > "%log%" 2>&1
if errorlevel 1 (
  type "%log%" 1>&2
  del "%log%"
  echo error: Attune could not be built; the messages are above 1>&2
  exit /b 1
)
del "%log%"
move /y "%stamp%.new" "%stamp%" >nul
exit /b 0
