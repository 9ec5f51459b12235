/** Plain query parameters, as DTOs. */
import 'reflect-metadata';
import { AgencyError } from '@cloud-agency/errors';
import { type ClassConstructor, plainToInstance } from 'class-transformer';
import { IsISO8601, IsOptional, Length, Matches, type ValidatorOptions, validateSync } from 'class-validator';

const wholeNumber = /^[1-9][0-9]{0,8}$/;
const message = "'$property' must be a whole number from 1; it is '$value'.";
const id = { message: "'$property' must be the id of one; it is '$value'." };

/** `?page=&number=`, OCCI.md 2.2. */
export class PageParameters {
  @IsOptional()
  @Matches(wholeNumber, { message })
  readonly page?: string;

  @IsOptional()
  @Matches(wholeNumber, { message })
  readonly number?: string;
}

/** `?cfp=&agreement=&resource=&types=&since=` of /events. */
export class EventParameters {
  @IsOptional()
  @Length(1, 100, id)
  readonly cfp?: string;

  @IsOptional()
  @Length(1, 100, id)
  readonly agreement?: string;

  @IsOptional()
  @Length(1, 100, id)
  readonly resource?: string;

  @IsOptional()
  @Length(1, 2_000)
  readonly types?: string;

  @IsOptional()
  @IsISO8601({ strict: true }, { message: "'$property' must be a time such as 2026-01-31T12:00:00Z; it is '$value'." })
  readonly since?: string;
}

const given = { message: "'$property' must be given, in at most $constraint2 characters." };

/** `?resource=&metric=&from=&until=&step=` of /history/. */
export class HistoryParameters {
  /** Its path, or its id alone. */
  @Length(1, 200, given)
  readonly resource?: string;

  @Length(1, 100, given)
  readonly metric?: string;

  @IsOptional()
  @Length(1, 40, given)
  readonly from?: string;

  @IsOptional()
  @Length(1, 40, given)
  readonly until?: string;

  @IsOptional()
  @Length(1, 40, given)
  readonly step?: string;
}

/** `?vendor=&region=&size=` of /statistics/. */
export class StatisticsParameters {
  @IsOptional()
  @Length(1, 100, given)
  readonly vendor?: string;

  @IsOptional()
  @Length(1, 100, given)
  readonly region?: string;

  @IsOptional()
  @Length(1, 100, given)
  readonly size?: string;
}

/** What is wrong is said in so many characters, whatever was sent. */
const longestSentence = 300;

/**
 * Others than those of the shape may be there: filters.
 * @throws AgencyError invalid-request with a sentence for each parameter that is wrong.
 */
export function parametersOf<T extends object>(shape: ClassConstructor<T>, query: URLSearchParams): T {
  return checked(shape, query, {});
}

/**
 * Where there are no others than those of the shape: a slip in a name would leave out what it was to narrow.
 * @throws AgencyError invalid-request with a sentence for each parameter that is wrong, or is none here.
 */
export function onlyParametersOf<T extends object>(shape: ClassConstructor<T>, query: URLSearchParams): T {
  return checked(shape, query, { whitelist: true, forbidNonWhitelisted: true });
}

function checked<T extends object>(shape: ClassConstructor<T>, query: URLSearchParams, options: ValidatorOptions): T {
  const parameters = plainToInstance(shape, Object.fromEntries(query));
  const problems = validateSync(parameters, options).flatMap(({ property, constraints = {} }) =>
    Object.entries(constraints).map(([kind, sentence]) => ({
      path: property,
      message: (kind === 'whitelistValidation' ? `'${property}' is no parameter here.` : sentence).slice(0, longestSentence),
    })),
  );
  if (problems.length === 0) return parameters;
  throw new AgencyError('invalid-request', { message: problems.map((problem) => problem.message).join(' '), problems });
}
